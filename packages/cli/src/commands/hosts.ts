import { FacsimileError } from "@facsimile/core";
import type { HostKeys } from "@facsimile/pipeline";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT, unlessStopped } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { hostKeysText, trustedText } from "../text/hosts.ts";
import { contextOf } from "./state.ts";

export interface HostsInvocation extends Invocation<{ readonly yes?: true }> {
  readonly instance: string;
  readonly hosts: readonly string[];
}

/** Which keys are on record. */
export async function hostsListCommand(invocation: HostsInvocation): Promise<void> {
  const { instance, hosts, options, world } = invocation;
  const { listHostKeys } = await import("@facsimile/pipeline");
  const keys = await listHostKeys({ instance, hosts }, await contextOf(invocation));
  if (options.json) printJson(keys, world);
  else world.print(hostKeysText(keys, world.style));
}

/** Asks the hosts and compares. Exit 5 where one shows another key, 1 where one is not known or does not answer. */
export async function hostsCheckCommand(invocation: HostsInvocation): Promise<void> {
  const { instance, hosts, options, world, run } = invocation;
  const { checkHostKeys } = await import("@facsimile/pipeline");
  const keys = await checkHostKeys({ instance, hosts }, await contextOf(invocation));
  run.status = unlessStopped(statusOf(keys), { hosts: keys.hosts, signal: world.signal });
  if (options.json) printJson(keys, world);
  else world.print(hostKeysText(keys, world.style));
}

/**
 * Asks the hosts, shows their fingerprints, and puts on record what somebody compared.
 *
 * @throws `HOST_KEY_CHANGED` where `--yes` would replace keys of hosts that nobody named
 */
export async function hostsTrustCommand(invocation: HostsInvocation): Promise<void> {
  const { instance, hosts, options, world, run } = invocation;
  const context = await contextOf(invocation);
  const { checkHostKeys, trustHostKeys } = await import("@facsimile/pipeline");
  const keys = await checkHostKeys({ instance, hosts }, context);
  const news = keys.hosts.filter(({ verdict }) => verdict === "new" || verdict === "changed");
  if (!options.json) world.tell(hostKeysText(keys, world.tellStyle));
  assertNamed(keys, invocation);
  world.signal.throwIfAborted(); // Before anything is written.
  if (news.length > 0) {
    const question = `Did you compare ${news.length === 1 ? "it" : `all ${news.length}`}, and is ${news.length === 1 ? "it" : "each"} right?`;
    const command = trustText(invocation, news);
    if (
      !(await confirm({ question, yes: options.yes === true, command }, { ask: options.json ? undefined : world.ask }))
    ) {
      run.status = EXIT.failed;
      return world.tell("Nothing was written.\n");
    }
    await trustHostKeys(keys, context);
  }
  run.status = trustedStatus(keys);
  if (options.json) printJson(keys, world);
  else world.print(trustedText(keys, news.length));
}

/** As it is typed with `--yes`, which replaces keys of hosts that are named alone. */
function trustText({ instance, hosts, options }: HostsInvocation, news: HostKeys["hosts"]): string {
  const isNamed = hosts.length > 0 || news.every(({ verdict }) => verdict === "new");
  const names = isNamed ? hosts : news.map(({ host }) => host);
  return ["facs hosts trust", instance, ...names, ...givenOptions(options)].join(" ");
}

/** 5 where a host still shows a key that nothing takes. */
function trustedStatus({ hosts }: HostKeys): number {
  if (hosts.some(({ verdict }) => verdict === "revoked")) return EXIT.integrity;
  return hosts.some(({ verdict }) => verdict === "unreachable") ? EXIT.failed : EXIT.done;
}

/** New hosts may be taken on trust by a script; a key that is another one now is somebody's decision, host by host. */
function assertNamed({ hosts }: HostKeys, { instance, hosts: named, options }: HostsInvocation): void {
  const names = hosts.filter(({ verdict }) => verdict === "changed").map(({ host }) => host);
  if (names.length === 0 || named.length > 0 || !options.yes) return;
  const what = `${names.join(", ")} ${names.length === 1 ? "shows another key" : "show other keys"} than on record; nothing was written`;
  throw new FacsimileError("HOST_KEY_CHANGED", what, {
    hint: `Someone may be between. Once you compared: facs hosts trust ${instance} ${names.join(" ")}`,
  });
}

function statusOf({ hosts }: HostKeys): number {
  if (hosts.some(({ verdict }) => verdict === "changed" || verdict === "revoked")) return EXIT.integrity;
  return hosts.every(({ verdict, down }) => verdict === "known" || down !== undefined) ? EXIT.done : EXIT.failed;
}
