export { type Change, changeState } from "./change.ts";
export type { SealOptions } from "./draft.ts";
export { type ExportedValue, exportState, openExport, type StateExport, writeExport } from "./export.ts";
export type { Scalar } from "./format/document.ts";
export type { Random } from "./format/leaf.ts";
export { scopeOf } from "./format/scope.ts";
export { parseValueName, type ValueName, valueNameText } from "./format/value-name.ts";
export { addMissing, type Imported, type ImportOptions, restoreState } from "./import.ts";
export type { Keyring } from "./keys/keyring.ts";
export { type GeneratedKey, generateKey, installKey, publishKey } from "./keys/keys.ts";
export { mergePublicKeys } from "./keys/merge.ts";
export { type KeyringOptions, openKeyring } from "./keys/open-keyring.ts";
export { type MergedFile, mergeFiles } from "./merge/driver.ts";
export { type Ends, type FileSides, joinedSides, joins, mergedFrom } from "./merge/ends.ts";
export { type MergeOptions, type OpenMerge, openMerge } from "./merge/open-merge.ts";
export {
  type Clash,
  clashesOf,
  type MergeChange,
  type MergePlan,
  planMerge,
  type SideName,
} from "./merge/plan-merge.ts";
export { sealMerge } from "./merge/seal-merge.ts";
export type { MovedUiid } from "./merge/uiids.ts";
export { type OpenOptions, openState } from "./open.ts";
export { planState, type StatePlan, type Wants } from "./plan.ts";
export { ALPHABET, type Policy, parsePolicy, policyText } from "./policy.ts";
export { inspectRecipient, readRecipients, type SealedRecipients } from "./read-recipients.ts";
export {
  changeRecipients,
  planRecipients,
  type RecipientsOptions,
  type RecipientsPlan,
  type RecipientsStep,
  type RecipientsWish,
} from "./recipients.ts";
export { confirmSeal, resealState, sealState } from "./seal.ts";
export type { State } from "./state.ts";
export { sealedScopes } from "./store/scopes.ts";
export { type Author, authorsOf, findRoot, type RootCandidate } from "./trust/authors.ts";
export {
  type PreparedSigners,
  prepareSigners,
  type SignersChange,
  type SignersOptions,
  writeSigners,
} from "./trust/change-signers.ts";
export { type Deployed, judgeDeployed } from "./trust/deployed.ts";
export { type Memory, openMemory, type Remembered, type SealedFile } from "./trust/memory.ts";
export {
  inspectKey,
  type PublicKeyFile,
  parseFingerprint,
  parsePublicKey,
  publishedKeys,
} from "./trust/public-keys.ts";
export { type TrustOptions, trustedSigners } from "./trust/read-trust.ts";
export { type PinnedRoots, pinnedRoots, pinRoot, type Root, unpinRoot } from "./trust/roots.ts";
export { type Signed, verifyDetached } from "./trust/signature.ts";
export type { Scopes, Trust } from "./trust/trust.ts";
export { listTrusted, type TrustedKey, type TrustListing } from "./trust/trusted.ts";
export { type ValueInfo, valuesOf } from "./values.ts";
export {
  type FileChange,
  type FileFacts,
  fileChanges,
  type Person,
  rememberVerified,
  type SealFacts,
  sealFacts,
  verifyBytes,
  verifyState,
} from "./verify.ts";
