import { compareBytes, FacsimileError } from "@facsimile/core";
import { FINGERPRINT } from "../keys/pgp.ts";
import { MAX_UIID, type Section, type StateDocument } from "./document.ts";
import { serialise } from "./serialise.ts";
import { Shape } from "./shape.ts";

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads a state file's bytes, and nothing that needs a key.
 *
 * @param file As messages name it.
 * @throws `STATE_INVALID`, `STATE_NEWER`; `STATE_NOT_CANONICAL` when our own serialiser would write other bytes.
 */
export function parseDocument(bytes: Uint8Array, file: string): StateDocument {
  const document = readDocument(Shape.parse(bytes, { file, format: "state", version: 1 }));
  if (Buffer.compare(serialise(document), bytes) !== 0) throw notCanonical(file);
  return document;
}

function readDocument(root: Shape): StateDocument {
  const [values, keys, seal] = [root.field("values"), root.field("keys"), root.field("seal")];
  return {
    id: root.field("id").text(/^[0-9a-f]{32}$/, "32 hex digits"),
    scope: root.field("scope").text(),
    values: { ...readSection(values), overlay: values.field("overlay").map(readSection) },
    settings: root.field("settings").map((entry) => entry.scalar()),
    instances: root.field("instances").map((entry) => ({ uiid: entry.field("uiid").count(1, MAX_UIID) })),
    keys: { recipients: readRecipients(keys.field("recipients")), message: readLines(keys.field("message")) },
    seal: {
      serial: seal.field("serial").count(1),
      parents: seal.field("parents").list((entry) => entry.text(DIGEST, "a sha256")),
      signer: seal.field("signer").text(FINGERPRINT, "a fingerprint of 40 hex digits"),
      signature: readLines(seal.field("signature")),
    },
  };
}

function readSection(section: Shape): Section {
  const leaves = (name: string) =>
    section.field(name).map((entry) => entry.text(/^e1:[A-Za-z0-9_-]+$/, "a leaf (e1:…)"));
  return { passwd: leaves("passwd"), secrets: leaves("secrets") };
}

function readRecipients(shape: Shape): string[] {
  const recipients = shape.list((entry) => entry.text(FINGERPRINT, "a fingerprint of 40 hex digits"));
  const sorted = [...new Set(recipients)].sort(compareBytes);
  if (recipients.length === 0 || sorted.join() !== recipients.join())
    throw shape.unfit("sorted, without doubles, not empty");
  return recipients;
}

function readLines(shape: Shape): string[] {
  return shape.list((line) => line.text(/^[^\r\n]*$/, "one line"));
}

function notCanonical(file: string): FacsimileError {
  return new FacsimileError("STATE_NOT_CANONICAL", `${file} is not in the form that facs writes`, {
    hint: "An editor, a formatter or git's line endings changed it: restore it from git, and set `state/*.json -text` in .gitattributes.",
  });
}
