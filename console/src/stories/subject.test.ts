import { expect, it } from "vitest";
import { lifeEvents } from "./life.ts";
import { storyHref, subjectOf } from "./subject.ts";

it("a story's address says whose it is, in the words of Event history's", () => {
  expect(storyHref("ResourceName", "arn:aws:s3:::logs/a b")).toBe(
    "/console/story?ResourceName=arn%3Aaws%3As3%3A%3A%3Alogs%2Fa+b",
  );
  expect(subjectOf("ResourceName=arn%3Aaws%3As3%3A%3A%3Alogs%2Fa+b&last=7d")).toEqual({
    key: "ResourceName",
    value: "arn:aws:s3:::logs/a b",
  });
  for (const query of ["", "Region=us-east-1", "Username!=ada", "Username="]) expect(subjectOf(query)).toBeUndefined();
});

it("an instance is run and terminated, anything that isn't told of is created and deleted", () => {
  expect(lifeEvents("AWS::EC2::Instance").ending).toEqual(["TerminateInstances"]);
  expect(lifeEvents("AWS::IAM::User")).toEqual({ making: ["CreateUser"], ending: ["DeleteUser"] });
  expect(lifeEvents("").making).toEqual([]);
});
