// Deploys `staging` of a conglomerate, to be killed meanwhile: deploy.ts ROOT SSH_CONFIG.
import { deploy } from "../../src/deploy/deploy.ts";
import { contextAt } from "../context-at.ts";

const [root = "", sshConfig = ""] = process.argv.slice(2);
await deploy({ instance: "staging", yes: true }, { ...contextAt(root), sshConfig, now: () => new Date() });
