import { FacsimileError } from "@facsimile/core";
import type { ConnectOptions, Endpoint, Session } from "./types.ts";

/**
 * Opens a session: one ssh connection for a remote host, one shell for a local one. Close it whatever happens.
 * @throws `HOST_UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`, `LOGIN_REFUSED`, `HOST_UNSUITABLE`
 */
export async function connect(endpoint: Endpoint, _options: ConnectOptions): Promise<Session> {
  throw new FacsimileError("HOST_UNREACHABLE", `${endpoint.name} cannot be reached`);
}
