import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { Layout } from "../layout.tsx";
import { NeedsSession } from "../session/sign-in.tsx";
import { Instances } from "./instances.tsx";
import { Volumes } from "./volumes.tsx";
import { text } from "./words.ts";
import "./ec2.css";

/** A small EC2 console, in which a newcomer makes events. */
export default function Ec2() {
  const [tab, setTab] = useState("instances");
  return (
    <Layout
      path="/ec2"
      header={
        <Header variant="h1" description={text().description}>
          EC2
        </Header>
      }
    >
      <NeedsSession>
        <Tabs
          activeTabId={tab}
          onChange={({ detail }) => setTab(detail.activeTabId)}
          tabs={[
            { id: "instances", label: text().instances, content: <Instances /> },
            { id: "volumes", label: text().volumes, content: <Volumes /> },
          ]}
        />
      </NeedsSession>
    </Layout>
  );
}
