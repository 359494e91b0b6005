import { describe, expect, it } from "vitest";
import { detailOf } from "./exits.ts";

describe("the reason why a container ended", () => {
  it("distinguishes the kernel's kill from all others", () => {
    expect(detailOf("137", true, 512 * 2 ** 20)).toBe(
      "ended by the kernel: it wanted more memory than its limit of 512 MiB (exit status 137)",
    );
    expect(detailOf("137", false, 512 * 2 ** 20)).toBe("ended by SIGKILL (exit status 137)");
    expect(detailOf("143", false, 0)).toBe("ended by SIGTERM (exit status 143)");
    expect(detailOf("78", false, 0)).toBe("exit status 78");
    expect(detailOf("?", false, 0)).toBe("exit status ?");
  });
});
