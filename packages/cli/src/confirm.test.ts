import { PassThrough } from "node:stream";
import { Redactor } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { askerOf } from "./ask.ts";
import { confirm, givenOptions } from "./confirm.ts";

const asked = { question: "Take Kim in?", yes: false, command: "facs recipients add KIM" };

function terminal({ isTTY = true } = {}) {
  const [stdin, stderr, stop] = [new PassThrough(), new PassThrough(), new AbortController()];
  const tools = { redactor: new Redactor(), signal: stop.signal };
  const ask = askerOf({ stdin: Object.assign(stdin, { isTTY }), stderr: Object.assign(stderr, { isTTY }) }, tools);
  return { stdin, stderr, stop, ask };
}

describe("confirm", () => {
  it.each([
    ["y", true],
    ["Yes", true],
    [" y ", true],
    ["n", false],
    ["", false],
    ["yellow", false],
  ])("takes %j for %s", async (answer, expected) => {
    const { stdin, stderr, ask } = terminal();
    stdin.write(`${answer}\n`);
    expect(await confirm(asked, { ask })).toBe(expected);
    expect(stderr.read().toString()).toBe("Take Kim in? [y/N] ");
  });

  it("takes the end of input for a no", async () => {
    const { stdin, ask } = terminal();
    stdin.end();
    expect(await confirm(asked, { ask })).toBe(false);
  });

  it("ends when the command is stopped", async () => {
    const { stop, ask } = terminal();
    const answer = confirm(asked, { ask });
    setImmediate(() => stop.abort());
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  });

  it("asks nothing where --yes was given, and names it where nobody can be asked", async () => {
    const { ask } = terminal({ isTTY: false });
    expect(await confirm({ ...asked, yes: true }, { ask })).toBe(true);
    await expect(confirm(asked, { ask })).rejects.toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: expect.stringContaining("facs recipients add KIM --yes"),
    });
  });
});

it("repeats the options that were given, as somebody would type them", () => {
  const given = { scope: ["dev", "it's"], acceptRollback: true, root: "my shop", keep: "3", yes: true, json: true };
  expect(givenOptions(given).join(" ")).toBe(
    "--scope dev --scope 'it'\\''s' --accept-rollback --root 'my shop' --keep 3",
  );
});
