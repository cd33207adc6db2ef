import { expect, it } from "vitest";
import { judgeDeployed } from "./deployed.ts";

const deployed = { scope: "staging", id: "1".repeat(32), serial: 5, digest: "a".repeat(64) };
const judged = (more: { id?: string | undefined; serial?: number; digest?: string }) => {
  const problem = judgeDeployed(
    { file: "state/staging.json", ...deployed, ...more },
    { deployed, hosts: ["web1", "web2"] },
  );
  return problem && `${problem.code} ${problem.message}`;
};

it("takes the state that was deployed, and later ones", () => {
  expect(judged({})).toBeUndefined();
  expect(judged({ serial: 6, digest: "b".repeat(64) })).toBeUndefined();
});

it.each([
  [{ serial: 4 }, "STATE_ROLLED_BACK state/staging.json is of serial 4, but serial 5 was deployed to web1, web2"],
  [
    { digest: "b".repeat(64) },
    "STATE_ROLLED_BACK state/staging.json of serial 5 is not the one of that serial that was deployed to web1, web2",
  ],
  [
    { id: "2".repeat(32), serial: 9 },
    "STATE_REPLACED state/staging.json is another file than the one that was deployed to web1, web2: its id differs",
  ],
  [
    { id: undefined, serial: 0 },
    "STATE_MISSING state/staging.json is gone, but serial 5 of it was deployed to web1, web2; its passwords would all be made anew",
  ],
])("refuses %o", (state, told) => {
  expect(judged(state)).toBe(told);
});
