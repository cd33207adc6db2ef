import { expect, it } from "vitest";
import { withOddReleases } from "./odd-releases.ts";
import type { VerifiedHost } from "./reports.ts";

/** `holding({ shop: "1" })`: of the release `1111111…`. */
function holding(versions: Readonly<Record<string, string>>, count = 1): VerifiedHost[] {
  const projects = Object.entries(versions).map(([project, version]) => ({ project, version, release: version.repeat(9), differences: [] })); // biome-ignore format: one line
  return Array.from({ length: count }, (_, index) => ({ host: `web${index}`, region: undefined, projects }));
}

/** What the odd hosts are told: message and hint. */
function told(hosts: VerifiedHost[], defined: Readonly<Record<string, string>>): (string | undefined)[][] {
  const said = Object.entries(defined).map(([project, version]) => ({ project, version }));
  return withOddReleases(hosts, { instance: "staging", defined: said }).flatMap(({ problem }) => problem === undefined ? [] : [[problem.message, problem.hint]]); // biome-ignore format: one line
}

it("names every project of which a host holds another release than most, and what would make all alike", () => {
  const hosts = [...holding({ shop: "2", till: "2", cart: "3" }, 3), ...holding({ shop: "1", till: "1", cart: "3" })];
  const message = "shop is of release 1111111 (1); 3 hosts are of 2222222; till is of release 1111111 (1); 3 hosts are of 2222222"; // biome-ignore format: one line
  expect(told(hosts, { shop: "2", till: "2", cart: "3" })).toEqual([[message, "A deploy makes them alike: facs deploy staging"]]); // biome-ignore format: one line
  expect(told(hosts, { shop: "1", till: "2", cart: "3" })).toEqual([[message, "A deploy makes them alike: facs deploy staging, by shop 1, till 2, as the definitions say; or by shop 2, till 2, as most are: facs deploy staging shop@2 till@2"]]); // biome-ignore format: one line
});

it("says of nothing that most hosts hold it where as many hold another", () => {
  const hosts = [...holding({ shop: "2", till: "2" }, 2), ...holding({ shop: "1", till: "1" }, 2), ...holding({ shop: "2" })]; // biome-ignore format: one line
  const [[message, hint] = [], ...more] = told(hosts, { shop: "1", till: "1" });
  expect(message).toBe("shop is of release 1111111 (1); 3 hosts are of 2222222; till is of release 1111111 (1); 2 hosts are of 2222222"); // biome-ignore format: one line
  expect(hint).toBe("A deploy makes them alike: facs deploy staging, by shop 1, till 1, as the definitions say; or by shop 2, till 2, as others are: facs deploy staging shop@2 till@2"); // biome-ignore format: one line
  expect(more).toHaveLength(1);
});
