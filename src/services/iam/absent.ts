import type { Handlers } from "../service.ts";

/** Lists of what OpenTrail's IAM can't create, so that there is none: who cleans up asks for them. */
export const absentHandlers: Handlers = {
  ListServiceSpecificCredentials: () => ({ ServiceSpecificCredentials: [], IsTruncated: false }),
  ListServerCertificates: () => ({ ServerCertificateMetadataList: [], IsTruncated: false }),
};
