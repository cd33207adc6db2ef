import { expect, it } from "vitest";
import { liveBlock } from "./live-block.ts";

it("draws over what it drew, keeps what is above, and leaves nothing of itself", () => {
  let shown = "";
  let lines = ["one", "two is long"];
  const block = liveBlock({ tell: (text) => (shown += text), lines: () => lines, width: 8 });
  block.draw();
  lines = ["three"];
  block.draw("stays");
  block.end();
  expect(shown).toBe("one\ntwo is \n\r\u001b[2A\u001b[Jstays\nthree\n\r\u001b[1A\u001b[J");
});
