export { createEc2, type Ec2Options } from "./create.ts";
