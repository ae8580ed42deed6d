import { AwsError } from "../../aws/error.ts";
import { ask, clientOptions, type Endpoint, perRegion } from "../aws-client.ts";
import type { LogEventBatch } from "./log-events.ts";
import type { LogGroup } from "./log-group-arn.ts";

/** CloudWatch Logs, as far as trails need it. */
export interface LogGroups {
  /** Whether there is such a log group, and OpenTrail may look at it. */
  exists(group: LogGroup): Promise<boolean>;
  /** Puts the batch, into a stream that is made when it isn't there. Rejects with an AwsError that has the service's code. */
  put(group: LogGroup, batch: LogEventBatch, signal: AbortSignal): Promise<void>;
}

const is = (code: string) => (error: unknown) => error instanceof AwsError && error.code === code;
const isNotFound = is("ResourceNotFoundException");
const isThere = is("ResourceAlreadyExistsException");

/** The log groups of a CloudWatch Logs endpoint. */
export function createLogGroups(endpoint: Endpoint): LogGroups {
  const sdk = () => import("@aws-sdk/client-cloudwatch-logs");
  const client = perRegion(async (region) => new (await sdk()).CloudWatchLogsClient(clientOptions(endpoint, region)));
  const asked = <Answer>(request: () => Promise<Answer>) => ask("CloudWatch Logs", endpoint, request);
  return {
    async exists({ region, name }) {
      const [{ DescribeLogStreamsCommand }, logs] = await Promise.all([sdk(), client(region)]);
      try {
        await asked(() => logs.send(new DescribeLogStreamsCommand({ logGroupName: name, limit: 1 })));
        return true;
      } catch (error) {
        if (error instanceof AwsError && error.status < 500) return false;
        throw error;
      }
    },

    async put({ region, name: logGroupName }, { stream: logStreamName, events }, abortSignal) {
      const [{ CreateLogStreamCommand, PutLogEventsCommand }, logs] = await Promise.all([sdk(), client(region)]);
      const put = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [...events] });
      const send = () => asked(() => logs.send(put, { abortSignal }));
      try {
        await send();
      } catch (error) {
        if (!isNotFound(error)) throw error;
        const create = new CreateLogStreamCommand({ logGroupName, logStreamName });
        await asked(() => logs.send(create, { abortSignal })).catch((refusal: unknown) => {
          if (!isThere(refusal)) throw refusal;
        });
        await send();
      }
    },
  };
}
