export { dice, effort, SEED } from "./effort.ts";
export { type ElfOptions, elf } from "./elf.ts";
export { type Fleet, type FleetHost, type FleetOptions, fleet, stopFleet } from "./fleet.ts";
export { GIT_ENV, git, gitCommit, gitRepository } from "./git.ts";
export { type GnupgHome, gnupgHome } from "./gnupg.ts";
export { hostileTexts } from "./hostile.ts";
export { type Proxy, type ProxyOptions, proxyTo } from "./proxy.ts";
export { type PythonPackage, pythonPackage } from "./python.ts";
export { readTree, type TreeItem, type TreeOptions, type TreeView, tree } from "./trees.ts";
