import { errnoOf, FacsimileError } from "@facsimile/core";

// System errors say which call failed; who reads them wants the path of the tree. Bugs go on up as they are.
export function unreadable(path: string, error: unknown): FacsimileError {
  if (error instanceof FacsimileError) return error;
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return new FacsimileError("TREE_UNREADABLE", `${path} cannot be read: ${errno}`, {
    hint: errno === "ENOENT" ? "It is not there, or went away while it was read." : "Check its owner and mode.",
    cause: error,
  });
}

export function unsupported(path: string): FacsimileError {
  return new FacsimileError("TREE_UNSUPPORTED", `${path} is neither a file, a folder nor a link`, {
    hint: "Devices, sockets and pipes are not carried: remove it.",
  });
}
