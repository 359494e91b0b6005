/** The edge's own clock in ISO 8601 with milliseconds, for players whose clock is wrong. VCL writes a date only the way HTTP does. */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The body of the answer to `GET /time`, for `vcl_synth`. */
export const tellTime = `sub tell_time {
  set resp.http.X-Time = regsub(now, "^..., ([0-9]+) (...) ([0-9]+) ([0-9:]+) GMT$", "\\3-\\2-\\1T\\4.")
    + regsub(std.time2real(now - 0.5ms, 0.0), "^.*\\.", "") + "Z";
${months.map((month, index) => `  set resp.http.X-Time = regsub(resp.http.X-Time, "-${month}-", "-${String(index + 1).padStart(2, "0")}-");`).join("\n")}
  synthetic(resp.http.X-Time);
  unset resp.http.X-Time;
}`;
