import type { Command } from "commander";
import { withCommon } from "./options.ts";
import type { Add, Invoke } from "./program.ts";

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
