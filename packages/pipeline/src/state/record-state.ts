import path from "node:path";
import { planVersionEdit, type TextEdit } from "@facsimile/definitions";
import { confirmSeal, planState, type State, sealState } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import type { DeployReport } from "../deploy/reports.ts";
import type { Outline } from "../instance/outline.ts";
import { wishOf } from "../instance/scope-users.ts";
import type { OpenedState } from "../secrets/open.ts";
import { type Publication, push, relativeTo, type Standing, standing } from "./publish.ts";
import { confirmIfPublished, isPublished } from "./published.ts";
import { targetOf } from "./target.ts";
import { writeVersions } from "./write-versions.ts";

/** What a deploy writes down before it touches a host. */
export interface Recording {
  readonly edits: readonly TextEdit[];
  readonly standing: Standing;
  /** There is something to seal, to write or to publish. */
  readonly needed: boolean;
}

/** Checks that all that must be written could be written and published. Nothing is written. @throws As `standing` does. */
export async function planRecording(
  { outline, state }: { outline: Outline; state: OpenedState },
  context: PipelineContext,
): Promise<Recording> {
  const { conglomerate, instance, definition } = outline;
  const edits = await Promise.all(
    outline.projects
      .filter(({ edited }) => edited)
      .map(({ project, version }) => planVersionEdit(conglomerate, { instance, project, version, env: context.env })),
  );
  const found = edits.filter((edit) => edit !== undefined);
  const pending =
    !definition.local && state.state.serial > 0 && !(await isPublished(fileOf(state.state, context), context));
  const needed = found.length > 0 || !state.plan.empty || pending;
  return {
    edits: found,
    needed,
    standing:
      needed && !definition.local
        ? await standing({ ...context, push: definition.values.state?.push })
        : { kind: "no-git" },
  };
}

/**
 * Seals what is new in the state, writes versions into the definition, commits and pushes both. A local instance only
 * seals and writes.
 */
export async function record(
  { outline, state, recording }: { outline: Outline; state: OpenedState; recording: Recording },
  context: PipelineContext,
): Promise<{ state: OpenedState; report: DeployReport["recorded"] }> {
  if (!recording.needed) {
    await confirmIfPublished(state.state, context);
    return { state, report: undefined };
  }
  const recipients = wishOf(outline.definition);
  const sealed = await sealState(state.state, state.plan, { keyring: state.keyring, recipients, now: context.now });
  context.redactor.add(...sealed.secrets());
  const publication = publicationOf({ outline, state, sealed, recording }, context);
  await writeVersions(outline, { publication, context });
  const pushed = await push(publication, context);
  if (pushed) await confirmSeal(sealed);
  else await confirmIfPublished(sealed, context);
  const { passwords, secrets, uiids } = state.plan;
  const published = pushed ? "pushed" : recording.standing.kind === "no-remote" ? "committed" : "kept";
  context.onEvent({ type: "state", scope: sealed.scope, serial: sealed.serial, pushed });
  return {
    state: { ...state, state: sealed, plan: planState(sealed, {}) },
    report: {
      state: { scope: sealed.scope, serial: sealed.serial, passwords, secrets, uiids },
      edited: editedFiles(recording),
      published,
    },
  };
}

function publicationOf(
  { outline, state, sealed, recording }: { outline: Outline; state: OpenedState; sealed: State; recording: Recording },
  context: PipelineContext,
): Publication {
  const files = [
    ...editedFiles(recording).map((file) => relativeTo(context.root, path.resolve(context.root, file))),
    ...(sealed.serial > 0 ? [fileOf(sealed, context)] : []),
  ];
  const versions = outline.projects
    .filter(({ edited }) => edited)
    .map(({ project, version }) => `${project} ${version}`);
  const seals = state.plan.empty ? [] : [`state ${sealed.scope} serial ${sealed.serial}`];
  const message = `${outline.instance.full}: ${[...versions, ...seals].join(", ") || `state ${sealed.scope}`}`;
  return { files, message, standing: recording.standing };
}

function editedFiles({ edits }: Recording): string[] {
  return [...new Set(edits.map(({ file }) => file))];
}

function fileOf({ scope }: State, context: PipelineContext): string {
  return targetOf(scope, context).file;
}
