import { sha256 } from "@facsimile/core";
import { formatManifest, treeId } from "@facsimile/manifest";
import { tree } from "@facsimile/testing";
import type { Probe, Session } from "@facsimile/transport";
import { describe, expect, it, onTestFinished } from "vitest";
import { placesIn } from "../../release/layout.ts";
import { Records } from "./records.ts";
import { recordsHere } from "./records-here.ts";

const release = "a".repeat(64);
const manifest = { entries: [{ path: "a", type: "link", target: "b" }] } as const;
const text = formatManifest(manifest);
const id = treeId(manifest);

/** What a host says of its record, and what it is asked for. */
function host(current: { release: string; tree: string }) {
  const asked: string[] = [];
  const readRecord: Session["readRecord"] = async (_place, { files: [name = ""] = [] } = {}) => {
    asked.push(name);
    return { release, files: { [name]: text } };
  };
  const probe = { current: { dir: id, ...current }, record: { manifest: sha256(text) } } as unknown as Probe;
  const place = { home: "shop", instance: "staging", project: "storefront" };
  return { asked, source: { session: { host: "web1", readRecord } as Session, place, probe } };
}

async function records(manifest: string): Promise<Records> {
  const file = placesIn(`RELEASE/staging/storefront/${release}`).manifest(id);
  const work = await tree({ [file]: manifest }, { onFinished: onTestFinished });
  return new Records(new Map(), recordsHere("staging", { work }));
}

describe("the record of what a host runs", () => {
  it("is not asked for where it was sealed here", async () => {
    const { asked, source } = host({ release, tree: id });
    expect(await (await records(text)).of(source)).toMatchObject({ manifest });
    expect(asked).toEqual([]);
  });

  it("is the host's where what lies here was damaged, or is another's", async () => {
    for (const [mine, current] of [
      ["damaged", { release, tree: id }],
      [text, { release: "b".repeat(64), tree: id }],
    ] as const) {
      const { asked, source } = host(current);
      expect(await (await records(mine)).of(source)).toMatchObject({ manifest });
      expect(asked).toEqual(["manifest"]);
    }
  });

  it("is looked for nowhere else, whatever the host calls it", async () => {
    const outside = await tree({ [`trees/${id}/manifest`]: text }, { onFinished: onTestFinished });
    const { asked, source } = host({ release: `../../../../../../../../..${outside}`, tree: id });
    await (await records(text)).of(source);
    expect(asked).toEqual(["manifest"]);
  });
});
