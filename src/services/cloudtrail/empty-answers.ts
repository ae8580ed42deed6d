import type {
  ListChannelsResponse,
  ListDashboardsResponse,
  ListEventDataStoresResponse,
  ListImportsResponse,
} from "@aws-sdk/client-cloudtrail";
import type { Handlers } from "../service.ts";

/** What AWS answers to an account that has no event data stores, channels, imports or dashboards. */
export const emptyAnswers: Handlers = {
  ListEventDataStores: (): ListEventDataStoresResponse => ({ EventDataStores: [] }),
  ListChannels: (): ListChannelsResponse => ({ Channels: [] }),
  ListImports: (): ListImportsResponse => ({ Imports: [] }),
  ListDashboards: (): ListDashboardsResponse => ({ Dashboards: [] }),
};
