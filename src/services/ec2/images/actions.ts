import type { Actions } from "../mechanism/action.ts";
import { imageAttributeActions } from "./attributes.ts";
import { copyImageActions } from "./copy-image.ts";
import { createImageActions } from "./create-image.ts";
import { describeImageActions } from "./describe.ts";
import { imageLifecycleActions } from "./lifecycle.ts";
import { registerActions } from "./register.ts";

/** The actions on images. */
export const imageActions: readonly Actions[] = [
  describeImageActions,
  createImageActions,
  registerActions,
  copyImageActions,
  imageAttributeActions,
  imageLifecycleActions,
];
