import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redacted, withoutSecrets } from "./redact.ts";

describe("secrets in addresses", () => {
  it.each([
    ["http://user:s3cret@127.0.0.1:9/v1", "http://***@127.0.0.1:9/v1"],
    ["/live/{number}.m4s?token=s3cret&x=1", "/live/{number}.m4s?token=***&x=1"],
    ["https://e/seg?X-Amz-Signature=s3cret#a", "https://e/seg?X-Amz-Signature=***#a"],
    [
      "a?Policy=s3cret&Key-Pair-Id=s3cret~&q=2 answered 403",
      "a?Policy=***&Key-Pair-Id=***&q=2 answered 403",
    ],
    [
      "postgres://app:s3cret@db/x and http://plain/y?n=1",
      "postgres://***@db/x and http://plain/y?n=1",
    ],
  ])("redacts %s", (text, expected) => expect(redacted(text)).toBe(expected));

  it("redacts every place of a document", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{8,20}$/), (secret) => {
        const document = {
          stream: { segmentPath: `/s/{number}?auth_token=s${secret}9` },
          list: [`redis://:s${secret}9@h`],
        };
        expect(JSON.stringify(document, withoutSecrets)).not.toContain(`s${secret}9`);
      }),
    );
  });

  it("leaves other text unchanged", () => {
    for (const text of [
      "Live segments are served: ≥ 99.9 %",
      "mail a@b.example",
      "http://127.0.0.1:80/a?number=7&rendition=hd",
    ])
      expect(redacted(text)).toBe(text);
  });
});
