import { AwsError } from "../../aws/error.ts";
import { ask, clientOptions, type Endpoint, perRegion } from "../aws-client.ts";

/** SNS, as far as trails need it. */
export interface Topics {
  /** The topic, with its policy as JSON where OpenTrail may see it; undefined when there is none. */
  find(arn: string): Promise<{ readonly policy?: string } | undefined>;
  /** Rejects with an AwsError that has SNS's code when SNS refuses, with an Error when it can't be asked. */
  publish(arn: string, message: string, signal: AbortSignal): Promise<void>;
}

const regionOf = (arn: string) => arn.split(":")[3] ?? "";

/** The topics of an SNS endpoint. */
export function createTopics(endpoint: Endpoint): Topics {
  const sdk = () => import("@aws-sdk/client-sns");
  const client = perRegion(async (region) => new (await sdk()).SNSClient(clientOptions(endpoint, region)));
  return {
    async find(TopicArn) {
      const [{ GetTopicAttributesCommand }, sns] = await Promise.all([sdk(), client(regionOf(TopicArn))]);
      try {
        const { Attributes } = await ask("SNS", endpoint, () => sns.send(new GetTopicAttributesCommand({ TopicArn })));
        return { ...(Attributes?.Policy !== undefined && { policy: Attributes.Policy }) };
      } catch (error) {
        if (!(error instanceof AwsError) || error.status >= 500) throw error;
        return error.status === 403 ? {} : undefined;
      }
    },

    async publish(TopicArn, Message, abortSignal) {
      const [{ PublishCommand }, sns] = await Promise.all([sdk(), client(regionOf(TopicArn))]);
      await ask("SNS", endpoint, () => sns.send(new PublishCommand({ TopicArn, Message }), { abortSignal }));
    },
  };
}
