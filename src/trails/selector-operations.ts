import type {
  GetEventSelectorsRequest,
  GetEventSelectorsResponse,
  PutEventSelectorsRequest,
  PutEventSelectorsResponse,
} from "@aws-sdk/client-cloudtrail";
import { checkedEventSelectors, defaultEventSelectors } from "./event-selectors.ts";
import { changeTrail, type Requester, trailOf } from "./lookup.ts";
import type { TrailsParts } from "./parts.ts";
import { type Trail, trailArn } from "./trail.ts";

function selectorsOf(trail: Trail): GetEventSelectorsResponse & PutEventSelectorsResponse {
  return trail.advancedEventSelectors
    ? { TrailARN: trailArn(trail), AdvancedEventSelectors: trail.advancedEventSelectors }
    : { TrailARN: trailArn(trail), EventSelectors: trail.eventSelectors ?? defaultEventSelectors };
}

/** PutEventSelectors and GetEventSelectors. */
export function selectorOperations({ state }: TrailsParts) {
  return {
    async putEventSelectors(call: Requester, input: PutEventSelectorsRequest): Promise<PutEventSelectorsResponse> {
      const trail = await changeTrail(state, call, input.TrailName, (before) => {
        const { eventSelectors: _, advancedEventSelectors: __, ...rest } = before;
        return { ...rest, ...checkedEventSelectors(input, before) };
      });
      return selectorsOf(trail);
    },

    async getEventSelectors(
      call: Requester,
      { TrailName }: GetEventSelectorsRequest,
    ): Promise<GetEventSelectorsResponse> {
      return selectorsOf(await trailOf(state, call, TrailName));
    },
  };
}
