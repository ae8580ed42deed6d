/** How resources of a type begin and end, by the names of the actions; those of AWS::EC2 that aren't Create and Delete. */
const special: Readonly<Record<string, { readonly making: readonly string[]; readonly ending: readonly string[] }>> = {
  "AWS::EC2::Instance": { making: ["RunInstances"], ending: ["TerminateInstances"] },
  "AWS::EC2::Volume": { making: ["CreateVolume", "RunInstances"], ending: ["DeleteVolume"] },
  "AWS::EC2::Snapshot": {
    making: ["CreateSnapshot", "CreateSnapshots", "CopySnapshot", "ImportSnapshot", "StartSnapshot"],
    ending: ["DeleteSnapshot"],
  },
  "AWS::EC2::Ami": { making: ["CreateImage", "CopyImage", "RegisterImage"], ending: ["DeregisterImage"] },
  "AWS::EC2::NetworkInterface": {
    making: ["CreateNetworkInterface", "RunInstances"],
    ending: ["DeleteNetworkInterface"],
  },
};

/** The actions that make a resource of this type, such as `AWS::IAM::User`, and that take it away; none without a type. */
export function lifeEvents(type: string): { readonly making: readonly string[]; readonly ending: readonly string[] } {
  const known = special[type];
  if (known) return known;
  const noun = /^AWS::\w+::(\w+)$/.exec(type)?.[1];
  return noun === undefined ? { making: [], ending: [] } : { making: [`Create${noun}`], ending: [`Delete${noun}`] };
}
