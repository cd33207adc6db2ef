import { expect, it } from "vitest";
import { hostWords } from "../../instance/chosen-hosts.ts";
import { goElsewhere, parseWords } from "./words.ts";

const chosen = hostWords({ hosts: ["web1.eu", "web2.eu"], regions: ["eu"] });

it("advice of a rollback of chosen hosts chooses the same ones", async () => {
  const goal = { project: "shop", version: "1.0.0" };
  expect(goElsewhere("staging", goal, { runs: "1.1.0", chosen })).toBe(
    "facs deploy staging shop@1.0.0 --hosts web1.eu,web2.eu --regions eu",
  );
  expect(goElsewhere("staging", goal, { runs: "1.1.0" })).toBe("facs deploy staging shop@1.0.0");
  await expect(parseWords(["shop@1.0.0"], { instance: "staging", root: "/", chosen })).rejects.toMatchObject({
    hint: "facs rollback staging PROJECT --hosts web1.eu,web2.eu --regions eu. To deploy that version: facs deploy staging shop@1.0.0 --hosts web1.eu,web2.eu --regions eu",
  });
});
