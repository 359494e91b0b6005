import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

test("quotes text, keeps numbers, and turns no text into a formula", () => {
  expect(
    csvOf(
      ["a", "b"],
      [
        [1.5, 'say "hi", all'],
        [-2, "=HYPERLINK(1)"],
        [0, "-1+1"],
        [3, "@x"],
      ],
    ),
  ).toBe(
    '\ufeff"a","b"\r\n1.5,"say ""hi"", all"\r\n-2,"\'=HYPERLINK(1)"\r\n0,"\'-1+1"\r\n3,"\'@x"\r\n',
  );
});
