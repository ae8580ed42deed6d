import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";

export interface ElasticAddressResource extends Resource {
  readonly publicIp: string;
  /** The private address that it stands for, as long as the interface is there. */
  readonly association?: {
    readonly id: string;
    readonly networkInterfaceId: string;
    readonly privateIp: string;
  };
  /** The name that reverse DNS gives, where its owner has set one. */
  readonly domainName?: string;
}

export const elasticAddresses: Kind<ElasticAddressResource> = {
  type: "elastic-ip",
  prefix: "eipalloc",
  idSet: "allocationIdSet",
  notFound: {
    code: "InvalidAllocationID.NotFound",
    message: (ids) =>
      ids.length === 1
        ? `The allocation ID '${ids[0]}' does not exist`
        : `The allocation IDs '${ids.join(", ")}' do not exist`,
  },
  malformed: { code: "InvalidAllocationID.Malformed", message: invalidId("eipalloc") },
  indexes: {
    interface: ({ association }) => (association ? [association.networkInterfaceId] : []),
    address: ({ publicIp }) => [publicIp],
  },
};
