import type { Command } from "commander";
import type { Add, Invoke } from "./invocation.ts";
import { withCommon, withHosts } from "./options.ts";

/** Commands about the keys of hosts. */
export function addHosts(group: Add, invoke: Invoke): void {
  const hosts = group("hosts", "the keys by which hosts are known: list, check, trust");
  const verb: Add = (usage, description) => withCommon(hosts.command(usage).description(description));
  verb("list <instance> [host...]", "the keys on record, in hosts/known_hosts; asks no host").action(
    async (instance: string, names: string[], _options, command: Command) =>
      (await import("./commands/hosts.ts")).hostsListCommand({ instance, hosts: names, ...invoke(command) }),
  );
  verb("check <instance> [host...]", "ask hosts for their keys, and compare; exit 5 for another key").action(
    async (instance: string, names: string[], _options, command: Command) =>
      (await import("./commands/hosts.ts")).hostsCheckCommand({ instance, hosts: names, ...invoke(command) }),
  );
  verb("trust <instance> [host...]", "ask hosts for their keys, show fingerprints, and write what you compared")
    .option("--yes", "you compared them")
    .action(async (instance: string, names: string[], _options, command: Command) =>
      (await import("./commands/hosts.ts")).hostsTrustCommand({ instance, hosts: names, ...invoke(command) }),
    );
}

/** Commands about hosts as they are now, whatever is deployed there. */
export function addHostWork(group: Add, invoke: Invoke): void {
  const run = group("run <instance> <command...>", "run a command on every host; one word is a line for its shell");
  withHosts(withCommon(run.usage("[options] <instance> -- <command...>"), "print a JSON document for each line"))
    .option("--timeout <seconds>", "end it on hosts where it takes longer")
    .option("--yes", "confirm what a protected instance asks for")
    .action(async (instance: string, words: string[], _options, command: Command) =>
      (await import("./commands/run.ts")).runCommand({ instance, words, ...invoke(command) }),
    );
  const lock = group("lock", "who deploys now: status, release");
  const verb: Add = (usage, description) => withHosts(withCommon(lock.command(usage).description(description)));
  verb("status <instance>", "who has the lock of each host, for which run, until when").action(
    async (instance: string, _options, command: Command) =>
      (await import("./commands/lock.ts")).lockStatusCommand({ instance, ...invoke(command) }),
  );
  verb("release <instance>", "free locks whose time is over; asks before it takes one from a run at work")
    .option("--yes", "take them from runs at work, too")
    .action(async (instance: string, _options, command: Command) =>
      (await import("./commands/lock.ts")).lockReleaseCommand({ instance, ...invoke(command) }),
    );
}
