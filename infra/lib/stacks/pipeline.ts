import { Stack } from 'aws-cdk-lib';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Home } from '../constructs/function-with-role.ts';
import { GradualRelease } from '../constructs/gradual-release.ts';
import { QueueFunction } from '../constructs/queue-function.ts';
import { StreamFunction } from '../constructs/stream-function.ts';
import { type Functions, TOPICS_FROM_OUTSIDE } from '../functions.ts';
import type { Place } from '../tenant-stage.ts';
import type { MailStack } from './mail.ts';

interface Props {
  readonly functions: Functions;
  readonly home: Home;
  readonly mail: MailStack;
  readonly streamArn: string;
}

/** From the inbox to the mail that goes out: topics, queues and the functions between them. */
export class PipelineStack extends Stack {
  readonly queued: readonly QueueFunction[];
  readonly streamed: readonly StreamFunction[];

  constructor(
    scope: Construct,
    { names, cloud, release, stack }: Place,
    { functions, home: anywhere, mail, streamArn }: Props,
  ) {
    super(scope, 'pipeline', stack('pipeline', 'functions, queues and topics'));
    // It listens to the topics of SES and of uploaded lists, by name; the latter's stack comes before.
    this.addStackDependency(mail);

    const home = cloud.releasesGradually
      ? { ...anywhere, release: new GradualRelease(this, 'pipeline', names, release) }
      : anywhere;

    const snsKey = Alias.fromAliasName(this, 'SnsKey', 'alias/aws/sns');
    const topics = new Map<string, ITopic>(
      TOPICS_FROM_OUTSIDE.map((name) => [name, Topic.fromTopicArn(this, name, names.topicArn(name))]),
    );
    for (const name of functions.topics) {
      topics.set(
        name,
        new Topic(this, `topic-${name}`, { topicName: names.topic(name), masterKey: snsKey, enforceSSL: true }),
      );
    }
    const topic = (name: string): ITopic => {
      const found = topics.get(name);
      if (!found) throw new Error(`functions.json: topic "${name}" is read but nothing publishes to it`);
      return found;
    };

    this.queued = functions.queued.map((queued) => new QueueFunction(this, queued, home, topic));
    this.streamed = functions.streamed.map((streamed) => new StreamFunction(this, streamed, home, streamArn));
  }
}
