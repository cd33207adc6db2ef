import type { Release } from "@facsimile/pipeline";

/** `definition 1a2b3c4d5e6f, source 5f6e7d8c9b0a`; what no commit has is told. */
export function madeFrom({ definition, source }: Pick<Release, "definition" | "source">): string {
  const of = "commit" in definition ? definition.commit.slice(0, 12) : "with changes that no commit has";
  const from = "commit" in source ? source.commit.slice(0, 12) : "a working tree";
  return `definition ${of}, source ${from}`;
}

/** `2026-11-26 16:40 UTC` */
export function momentText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
