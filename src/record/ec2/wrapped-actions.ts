/** Wrapped actions whose request element CloudTrail abbreviates: observed once; other long names may be abbreviated too. */
export const requestElements: Readonly<Record<string, string>> = {
  DeleteTransitGatewayVpcAttachment: "DelTGwVpcAttachReq",
};

/** Wrapped actions whose requestParameters are null, not "", when nothing was sent (observed once). */
export const nullWhenEmpty: ReadonlySet<string> = new Set(["DescribeIdFormat"]);
