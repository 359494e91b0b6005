/**
 * The part of the player probe that runs in the page: dash.js on one video element, sampled ten
 * times a second. It draws no conclusion. `seawall.take()` returns the samples since its last call,
 * and the harness evaluates them.
 */
(() => {
  const everyMs = 100;
  const video = document.getElementById("video");
  const now = document.getElementById("now");
  const player = window.dashjs.MediaPlayer().create();
  /**
   * Rows of [epoch ms, media time in s, whether it is meant to move, seconds of media buffered
   * ahead].
   */
  let ticks = [];
  let renditions = [];
  let errors = [];
  let rendered = null;
  let userPaused = false;
  /**
   * After a user's own seek, waiting is the user's choice. That has a limit, or an endless seek
   * would be no stall.
   */
  let userSeeksUntilMs = 0;
  const seekMsMax = 3000;

  function look() {
    ticks.push([
      Date.now(),
      video.currentTime,
      !userPaused && Date.now() >= userSeeksUntilMs && !video.ended,
      ahead(),
    ]);
    const latencyS = Date.now() / 1000 - video.currentTime;
    now.textContent = [
      `${latencyS.toFixed(2)} s behind live`,
      `${video.videoWidth}×${video.videoHeight} ${rendered ?? ""}`,
      `${ahead().toFixed(1)} s ahead`,
      `rate ${video.playbackRate.toFixed(2)}`,
    ].join(" · ");
  }

  /** Seconds of media that are buffered ahead of the playing position. */
  function ahead() {
    for (let at = 0; at < video.buffered.length; at++) {
      if (
        video.buffered.start(at) <= video.currentTime + 0.05 &&
        video.buffered.end(at) > video.currentTime
      )
        return video.buffered.end(at) - video.currentTime;
    }
    return 0;
  }

  function taken() {
    const seen = {
      ticks,
      renditions,
      errors,
      rendered,
      heightPx: video.videoHeight,
      decodedFrames: video.webkitDecodedFrameCount ?? 0,
      droppedFrames: video.webkitDroppedFrameCount ?? 0,
      decodedAudioBytes: video.webkitAudioDecodedByteCount ?? 0,
      clockOffsetMs: offsetMs,
      atMs: Date.now(),
      mediaS: video.currentTime,
    };
    [ticks, renditions, errors] = [[], [], []];
    return seen;
  }

  let offsetMs = null;
  const nameOf = (representation) => representation?.id ?? null;
  player.on("updateTimeSyncOffset", (event) => {
    offsetMs = Number.isFinite(event.offset) ? event.offset : null;
  });
  player.on("qualityChangeRendered", (event) => {
    if (event.mediaType !== "video") return;
    rendered = nameOf(event.newRepresentation);
    renditions.push([Date.now(), rendered]);
  });
  player.on("error", (event) => {
    errors.push([
      Date.now(),
      String(event.error?.code ?? "unknown"),
      String(event.error?.message ?? event.error),
    ]);
  });
  for (const name of ["seeked", "playing"])
    video.addEventListener(name, () => {
      if (!video.seeking && video.readyState >= 3) userSeeksUntilMs = 0;
    });

  window.seawall = {
    start({ manifestUrl, liveDelayS, retryAttempts, retryIntervalMs, firstRendition }) {
      const perType = (value) => ({
        MPD: value,
        InitializationSegment: value,
        MediaSegment: value,
        BitstreamSwitchingSegment: value,
        IndexSegment: value,
        other: value,
      });
      player.updateSettings({
        streaming: {
          delay: { liveDelay: liveDelayS },
          liveCatchup: { enabled: true, maxDrift: 0, playbackRate: { min: -0.1, max: 0.1 } },
          // The default few retries would end a session within seconds, in an outage that a viewer
          // would wait out.
          retryAttempts: perType(retryAttempts),
          retryIntervals: perType(retryIntervalMs),
          utcSynchronization: { enabled: true, useManifestDateHeaderTimeSource: false },
          text: { defaultEnabled: false },
        },
      });
      if (firstRendition !== null)
        player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } });
      player.on("streamInitialized", () => {
        if (firstRendition !== null) this.choose(firstRendition);
      });
      player.initialize(video, manifestUrl, true);
      setInterval(look, everyMs);
    },
    take: taken,
    /** Plays only this rendition from now on. */
    choose(rendition) {
      player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } });
      player.setRepresentationForTypeById("video", rendition, true);
    },
    /** Plays from this many seconds behind the wall clock. */
    seekBehindLive(seconds) {
      userSeeksUntilMs = Date.now() + seekMsMax;
      // The player would take a position far behind live for lag, and catch up.
      player.updateSettings({ streaming: { liveCatchup: { enabled: false } } });
      player.seekToPresentationTime(Date.now() / 1000 - seconds);
    },
    pause() {
      userPaused = true;
      player.pause();
    },
  };
})();
