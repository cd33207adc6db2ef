import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { Checkout } from "./checkout.ts";
import { noted } from "./git/work-tree.ts";

/**
 * Does something with sources, and makes sure that it saw those alone: another run may put a newer commit of a branch in their
 * place meanwhile. Tags and commits stay what they are.
 *
 * @throws `SOURCE_MOVED`, whatever it came to; what `doing` throws
 */
export async function whileStill<T>(
  source: Checkout,
  { doing, ...context }: PipelineContext & { readonly doing: () => Promise<T> },
): Promise<T> {
  try {
    return await doing();
  } finally {
    if (source.kind === "branch") await assertStill(source, context);
  }
}

async function assertStill({ top, commit }: Checkout, context: PipelineContext): Promise<void> {
  const { root, exec } = context;
  const now = (await noted(top, { exec, cwd: root })).commit;
  if (now === commit) return;
  const is = now === undefined ? "is being replaced" : `is at ${now.slice(0, 12)} now`;
  const name = path.relative(root, top);
  throw new FacsimileError(
    "SOURCE_MOVED",
    `${name} was at ${commit.slice(0, 12)} and ${is}: another facs took the branch`,
    {
      hint: "Run it again. A tag, or the id of a commit, does not move.",
    },
  );
}
