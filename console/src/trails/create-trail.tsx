import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { flash } from "../flashes.tsx";
import { words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { useClient } from "../session/clients.ts";
import { useRegion, useSession } from "../session/session.ts";
import { AttributeFields } from "./attribute-fields.tsx";
import { EventFields } from "./event-fields.tsx";
import { awsErrorText } from "./failed.tsx";
import { createTrail, type Made } from "./save-trail.ts";
import { inWords, Lines } from "./selectors-in-words.tsx";
import { SettingsInWords } from "./settings-in-words.tsx";
import {
  attributeProblems,
  eventProblems,
  isAboutEvents,
  newBucketFor,
  newForm,
  type Problems,
  refusedFields,
  selectorsOfForm,
  type TrailForm,
} from "./trail-form.ts";
import { useFocusOnProblem } from "./use-focus-on-problem.ts";
import { useOrganization } from "./use-organization.ts";
import { hrefOfTrail, useRefreshTrails } from "./use-trails.ts";

const text = words(
  {
    title: "Create trail",
    attributes: "Choose trail attributes",
    attributesWhy: "A trail delivers log files to an S3 bucket.",
    events: "Choose log events",
    review: "Review and create",
    create: "Create trail",
    edit: "Edit",
    editAttributes: "Edit trail attributes",
    editEvents: "Edit log events",
    created: (name: string) => `Trail ${name} created`,
    createdWhy: "It is logging. The first log file comes with the next delivery.",
    wrong: "Some fields need your attention.",
  },
  {
    title: "証跡の作成",
    attributes: "証跡属性の選択",
    attributesWhy: "証跡はログファイルを S3 バケットに配信します。",
    events: "ログイベントの選択",
    review: "確認と作成",
    create: "証跡の作成",
    edit: "編集",
    editAttributes: "証跡属性を編集",
    editEvents: "ログイベントを編集",
    created: (name: string) => `証跡 ${name} を作成しました`,
    createdWhy: "ログ記録を開始しました。最初のログファイルは次の配信で届きます。",
    wrong: "確認が必要な項目があります。",
  },
);

/** The guided page that makes a trail, its bucket and the bucket's policy. */
export default function CreateTrail() {
  const said = text();
  const account = useSession()?.account ?? "";
  const region = useRegion();
  const cloudtrail = useClient(CloudTrailClient);
  const s3 = useClient(S3Client);
  const refresh = useRefreshTrails();
  const [, navigate] = useLocation();
  const [first] = useState(() => newForm(newBucketFor(account, crypto.getRandomValues(new Uint8Array(4)))));
  const [form, setForm] = useState<TrailForm>(first);
  const [step, setStep] = useState(0);
  const [problems, setProblems] = useState<Problems>({});
  const made = useRef<Made>({});
  const organization = useOrganization(account);
  // An organization's trail is its management account's, whoever makes it.
  const owner = form.organization ? (organization?.managementAccount ?? account) : account;
  const arn = `arn:aws:cloudtrail:${region}:${owner}:trail/${form.name}`;
  const focusOnProblem = useFocusOnProblem();
  const change = (changed: Partial<TrailForm>) => {
    setForm((before) => ({ ...before, ...changed }));
    setProblems({});
  };

  /** Shows what is wrong, on the first page where something is; false when nothing is. */
  function isWrong(found: Problems): boolean {
    setProblems(found);
    const [field] = Object.keys(found);
    if (field === undefined) return false;
    setStep(isAboutEvents(field) ? 1 : 0);
    focusOnProblem();
    return true;
  }

  const create = useMutation({
    mutationFn: () => createTrail({ cloudtrail, s3 }, arn, form, organization, made.current),
    onError: (error) => isWrong(refusedFields(error)),
    onSuccess: async () => {
      await refresh();
      flash({ id: `trail ${arn}`, type: "success", header: said.created(form.name), content: said.createdWhy });
      navigate(hrefOfTrail(arn).slice("/console".length));
    },
  });
  const problemsBefore = (requested: number): Problems => ({
    ...(requested > 0 && attributeProblems(form)),
    ...(requested > 1 && eventProblems(form)),
  });
  const isRefused = create.isError && Object.keys(refusedFields(create.error)).length === 0;
  const errorText = isRefused ? awsErrorText(create.error) : Object.keys(problems).length > 0 ? said.wrong : undefined;
  const shared = { form, change, problems };
  return (
    <Layout
      path="/trails"
      below={[{ text: said.title, href: "/console/trails/create" }]}
      contentType="wizard"
      header={null}
    >
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          const { requestedStepIndex: requested } = detail;
          create.reset();
          if (!isWrong(problemsBefore(requested))) setStep(requested);
        }}
        onCancel={() => navigate("/trails")}
        onSubmit={() => !isWrong(problemsBefore(2)) && create.mutate()}
        isLoadingNextStep={create.isPending}
        submitButtonText={said.create}
        steps={[
          {
            title: said.attributes,
            description: said.attributesWhy,
            content: (
              <AttributeFields
                {...shared}
                isNew
                account={owner}
                organization={organization}
                buckets={{ made: first.bucket, there: "" }}
              />
            ),
            errorText,
          },
          { title: said.events, content: <EventFields {...shared} />, errorText },
          {
            title: said.review,
            errorText,
            content: step === 2 && (
              <SpaceBetween size="l">
                <Container
                  header={
                    <Header
                      variant="h2"
                      actions={
                        <Button ariaLabel={said.editAttributes} onClick={() => setStep(0)}>
                          {said.edit}
                        </Button>
                      }
                    >
                      {said.attributes}
                    </Header>
                  }
                >
                  <SettingsInWords form={form} homeRegion={region} />
                </Container>
                <Container
                  header={
                    <Header
                      variant="h2"
                      actions={
                        <Button ariaLabel={said.editEvents} onClick={() => setStep(1)}>
                          {said.edit}
                        </Button>
                      }
                    >
                      {said.events}
                    </Header>
                  }
                >
                  <KeyValuePairs
                    columns={2}
                    items={inWords(selectorsOfForm(form), form.insights).map(({ label, lines }) => ({
                      label,
                      value: <Lines lines={lines} />,
                    }))}
                  />
                </Container>
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Layout>
  );
}
