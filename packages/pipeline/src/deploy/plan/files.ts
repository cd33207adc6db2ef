import { sha256 } from "@facsimile/core";
import { type FileOnHost, fanOut, UNREADABLE } from "@facsimile/transport";
import type { PipelineContext } from "../../context.ts";
import { isOlder } from "../look/deployed-state.ts";
import type { Work } from "../report.ts";
import { type ChangedFile, changedFiles, type Holder, mayHoldSecrets } from "./changed-files.ts";
import { type Masking, maskedTexts } from "./masked-texts.ts";
import { standInsOf } from "./stand-ins.ts";
import type { FileChange } from "./types.ts";

/** Bytes of a file that is shown, and of all that one host is asked for. */
const [MAX_FILE, MAX_HOST] = [64_000, 1_000_000];

/**
 * How rendered files change. One host of all that are alike is asked for what it has, in one request for each of its
 * projects; what a text held of secrets is masked, and where that is not sure it is not shown at all.
 */
export async function fileChanges(work: Work, context: PipelineContext): Promise<FileChange[]> {
  const files = changedFiles(work.copies, work.surveyed);
  const read = await readAll(files, work);
  const { state } = work.state;
  const now = { state, instance: work.outline.instance, isOlder: isOlder({ ...work, state }) };
  const masking = { now, redactor: context.redactor, standIns: standInsOf(work, context) };
  return Promise.all(files.map((file) => changeOf(read.get(file), { ...masking, file })));
}

type Read = FileOnHost | { readonly kind: "moved" };

async function changeOf(read: Read | undefined, masking: Masking): Promise<FileChange> {
  const { project, path, from, to, holders } = masking.file;
  const hosts = holders.map(({ surveyed }) => surveyed.reached.host.name);
  return { project, path, hosts, sizes: { from: from.size, to: to.size }, texts: await textsOf(read, masking) };
}

async function textsOf(read: Read | undefined, masking: Masking): Promise<FileChange["texts"]> {
  const { file, redactor } = masking;
  if (read === undefined) return { hidden: whyNotRead(file) };
  if (read.kind === "none") return { hidden: "moved" };
  if (read.kind !== "text") return { hidden: read.kind };
  // What is not what the survey found may hold anything.
  if (sha256(read.bytes) !== file.from.sha256) return { hidden: "moved" };
  const [before, after] = [textOf(read.bytes), textOf(file.node.content.bytes)];
  if (before === undefined || after === undefined) return { hidden: "binary" };
  if (mayHoldSecrets(file)) return maskedTexts({ before, after }, masking);
  return { before: redactor.redact(before), after: redactor.redact(after) };
}

function whyNotRead(file: ChangedFile): "unreadable" | "secrets" | "large" {
  if (file.from.sha256 === UNREADABLE) return "unreadable";
  return isTooOpen(file) ? "secrets" : "large";
}

/** What somebody wrote by hand into a file of secrets may be a secret that nobody else knows. */
function isTooOpen(file: ChangedFile): boolean {
  return file.edited && mayHoldSecrets(file);
}

function isReadable(file: ChangedFile): boolean {
  const isSmall = Math.max(file.from.size, file.to.size) <= MAX_FILE;
  return isSmall && file.from.sha256 !== UNREADABLE && !isTooOpen(file);
}

async function readAll(files: readonly ChangedFile[], { outline }: Work): Promise<ReadonlyMap<ChangedFile, Read>> {
  const limit = outline.definition.values.deploy.parallel;
  const asked = requestsOf(files.filter(isReadable));
  const outcomes = await fanOut(asked, { limit, work: readSome });
  return new Map(
    outcomes.flatMap(({ item, ...outcome }) =>
      item.files.map((file, index) => {
        const read = outcome.status === "done" ? outcome.value[index] : undefined;
        return [file, read ?? { kind: "moved" as const }] as const;
      }),
    ),
  );
}

interface Asked {
  readonly holder: Holder;
  readonly files: readonly ChangedFile[];
}

/** Which host is asked for which files: as few hosts as lie at hand, none for more than {@link MAX_HOST}. */
function requestsOf(files: readonly ChangedFile[]): Asked[] {
  const asked = new Map<Holder["found"], Asked>();
  const bytes = new Map<string, number>();
  for (const file of files) {
    const used = ({ surveyed }: Holder) => bytes.get(surveyed.reached.host.name);
    const known = file.holders.filter((holder) => (used(holder) ?? 0) + file.from.size <= MAX_HOST);
    const holder = known.find((one) => used(one) !== undefined) ?? known[0];
    if (holder === undefined) continue;
    bytes.set(holder.surveyed.reached.host.name, (used(holder) ?? 0) + file.from.size);
    asked.set(holder.found, { holder, files: [...(asked.get(holder.found)?.files ?? []), file] });
  }
  return [...asked.values()];
}

async function readSome({ holder, files }: Asked): Promise<readonly FileOnHost[]> {
  const { surveyed, found } = holder;
  const dir = found.probe.current?.dir;
  if (!("session" in surveyed.reached) || dir === undefined) return [];
  const paths = files.map(({ path }) => path);
  return surveyed.reached.session.readFiles(found.place, { dir, paths, maxBytes: MAX_FILE });
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined; // Not UTF-8: no text that could be shown.
  }
}
