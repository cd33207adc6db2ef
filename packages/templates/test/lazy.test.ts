import { expect, it, onTestFinished, vi } from "vitest";
import { render, renderer } from "./world.ts";

it("LiquidJS is loaded by the first file that has something to render, and not before", async () => {
  const loaded = vi.fn();
  vi.doMock("../src/liquid/engine.ts", async (original) => {
    loaded();
    return original();
  });
  onTestFinished(() => void vi.doUnmock("../src/liquid/engine.ts"));
  const request = { context: {}, targets: [] };
  await (await renderer({ "_DEPLOY_/a": "no template", "_DEPLOY_/b": Uint8Array.from([0]) })).tree(request);
  await (await renderer({ "_DEPLOY_/a": "{{ 1 }}" }, { plain: true })).tree(request);
  expect(loaded).not.toHaveBeenCalled();
  await (await renderer({ "_DEPLOY_/a": "{{ 1 }}" })).tree(request);
  expect(loaded).toHaveBeenCalledOnce();
});

it("the bytes are the same in any time zone", async () => {
  const { TZ } = process.env;
  onTestFinished(() => {
    if (TZ === undefined) delete process.env["TZ"];
    else process.env["TZ"] = TZ;
  });
  const seen = new Set<string>();
  const hours = new Set<number>();
  for (const zone of ["UTC", "Europe/Berlin", "Asia/Kolkata"]) {
    process.env["TZ"] = zone;
    hours.add(new Date(1774744200_000).getHours());
    seen.add(await render('{{ 1774744200 | date: "%F %T %Z" }} {{ "2026-03-29" | date }}'));
  }
  expect(hours.size).toBe(3);
  expect([...seen]).toEqual(["2026-03-29 00:30:00 UTC 2026-03-29T00:00:00Z"]);
});
