import type {
  DisableImageBlockPublicAccessCommandOutput,
  DisableSnapshotBlockPublicAccessCommandOutput,
  EnableImageBlockPublicAccessCommandInput,
  EnableImageBlockPublicAccessCommandOutput,
  EnableSnapshotBlockPublicAccessCommandInput,
  EnableSnapshotBlockPublicAccessCommandOutput,
  GetImageBlockPublicAccessStateCommandOutput,
  GetSnapshotBlockPublicAccessStateCommandOutput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import { changeSettings, settingsOf } from "./settings.ts";

const EnableSnapshotBlockPublicAccess: Write<
  EnableSnapshotBlockPublicAccessCommandInput,
  Output<EnableSnapshotBlockPublicAccessCommandOutput>
> = (input, scope) => {
  const state = required(input.State, "State");
  if (state !== "block-all-sharing" && state !== "block-new-sharing")
    throw invalidValue(`Value (${state}) for parameter State is invalid.`);
  changeSettings({ snapshotPublicAccess: state }, scope);
  return { State: state };
};

const DisableSnapshotBlockPublicAccess: Write<object, Output<DisableSnapshotBlockPublicAccessCommandOutput>> = (
  _,
  scope,
) => {
  changeSettings({ snapshotPublicAccess: "unblocked" }, scope);
  return { State: "unblocked" };
};

const GetSnapshotBlockPublicAccessState: Read<object, Output<GetSnapshotBlockPublicAccessStateCommandOutput>> = (
  _,
  scope,
) => ({ State: settingsOf(scope).snapshotPublicAccess, ManagedBy: "account" });

const EnableImageBlockPublicAccess: Write<
  EnableImageBlockPublicAccessCommandInput,
  Output<EnableImageBlockPublicAccessCommandOutput>
> = (input, scope) => {
  const state = required(input.ImageBlockPublicAccessState, "ImageBlockPublicAccessState");
  if (state !== "block-new-sharing")
    throw invalidValue(`Value (${state}) for parameter ImageBlockPublicAccessState is invalid.`);
  changeSettings({ imagePublicAccess: state }, scope);
  return { ImageBlockPublicAccessState: state };
};

const DisableImageBlockPublicAccess: Write<object, Output<DisableImageBlockPublicAccessCommandOutput>> = (_, scope) => {
  changeSettings({ imagePublicAccess: "unblocked" }, scope);
  return { ImageBlockPublicAccessState: "unblocked" };
};

const GetImageBlockPublicAccessState: Read<object, Output<GetImageBlockPublicAccessStateCommandOutput>> = (
  _,
  scope,
) => ({ ImageBlockPublicAccessState: settingsOf(scope).imagePublicAccess, ManagedBy: "account" });

export const publicAccessActions: Actions = {
  reads: { GetSnapshotBlockPublicAccessState, GetImageBlockPublicAccessState },
  writes: {
    EnableSnapshotBlockPublicAccess,
    DisableSnapshotBlockPublicAccess,
    EnableImageBlockPublicAccess,
    DisableImageBlockPublicAccess,
  },
};
