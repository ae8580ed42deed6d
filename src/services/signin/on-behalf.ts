import type { Answer, Call, Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import { type ServiceName, service } from "../../aws/model.ts";
import { region } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import type { SignInPerson } from "../../record/index.ts";
import type { Head, SignInParts } from "./parts.ts";

/** An action of an AWS service that the sign-in takes for a person. */
interface Taken {
  readonly service: ServiceName;
  readonly action: string;
  readonly input: Members;
}

/**
 * Calls an AWS service for a person, and records it as AWS does: invoked, and sent, by "AWS Internal". Throws the service's
 * AwsError.
 */
export async function onBehalfOf(
  { answerers, recorder, random }: SignInParts,
  person: SignInPerson,
  { service: name, action, input }: Taken,
  head: Head,
): Promise<Members> {
  const called = service(name);
  const call: Call = {
    service: called,
    actionName: action,
    action: called.actions.get(action),
    input,
    caller: { ...person, invokedBy: "AWS Internal" },
    account: person.accountId,
    region: region("us-east-1"),
    requestId: random.uuid(),
    request: { ...head, body: Buffer.alloc(0) },
    notes: noNotes(),
  };
  const intent = await recorder.intend(call);
  const answer = await answerTo(call, answerers);
  await recorder.record(call, answer, undefined, intent);
  if (answer.error) throw answer.error;
  return answer.output;
}

async function answerTo(call: Call, answerers: SignInParts["answerers"]): Promise<Answer> {
  const answerer = answerers.get(call.service.name);
  if (!answerer) throw new Error(`the sign-in endpoint has no ${call.service.name}`);
  try {
    return { output: await answerer(call) };
  } catch (error) {
    if (error instanceof AwsError) return { error };
    return { error: new AwsError("InternalError", "An internal error has occurred", { status: 500, cause: error }) };
  }
}
