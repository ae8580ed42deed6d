/** Wrapped actions whose request element CloudTrail abbreviates: observed once; other long names may be abbreviated too. */
export const requestElements: Readonly<Record<string, string>> = {
  DeleteTransitGatewayVpcAttachment: "DelTGwVpcAttachReq",
};
