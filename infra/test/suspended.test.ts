import { describe, expect, it } from 'vitest';
import { acme } from '../config/tenants/acme.ts';
import { functions, Platform } from './platform.ts';

const prod = { ...acme.stages.prod, suspended: true };
const suspended = new Platform(['dev', 'prod'], [{ ...acme, stages: { dev: acme.stages.dev, prod } }]);
const running = new Platform(['prod']);

describe('a suspended stage of a tenant', () => {
  it('takes no mail and no requests', () => {
    const [rule] = suspended.resources('AWS::SES::ReceiptRule', 'cis-prod-acme-mail');
    expect(rule?.Properties.Rule.Enabled).toBe(false);
    const [stage] = suspended.resources('AWS::ApiGatewayV2::Stage', 'cis-prod-acme-api');
    expect(stage?.Properties.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 });
  });

  it('reads no queue, so that what is under way waits there; but the stream, which forgets after a day', () => {
    const mappings = suspended.resources('AWS::Lambda::EventSourceMapping', 'cis-prod-acme-pipeline');
    const [queues, streams] = [true, false].map((queued) =>
      mappings.filter(({ Properties }) => 'ScalingConfig' in Properties === queued),
    );
    expect(queues?.map(({ Properties }) => Properties.Enabled)).toEqual(functions.queued.map(() => false));
    expect(streams?.map(({ Properties }) => Properties.Enabled)).toEqual(functions.streamed.map(() => undefined));
  });

  it('goes on where it stopped once it is not suspended any more: the mappings say so', () => {
    const mappings = running.resources('AWS::Lambda::EventSourceMapping', 'cis-prod-acme-pipeline');
    const queues = mappings.filter(({ Properties }) => 'ScalingConfig' in Properties);
    expect(queues.map(({ Properties }) => Properties.Enabled)).toEqual(functions.queued.map(() => true));
  });

  it('rings without waking anybody', () => {
    for (const { Properties } of suspended.resources('AWS::CloudWatch::Alarm', 'cis-prod-acme-watch')) {
      expect(Properties.ActionsEnabled).toBe(false);
    }
  });

  it('is that stage alone', () => {
    const [rule] = suspended.resources('AWS::SES::ReceiptRule', 'cis-dev-acme-mail');
    expect(rule?.Properties.Rule.Enabled).toBe(true);
  });

  it('keeps its data as it is', () => {
    expect(suspended.template('cis-prod-acme-data')).toEqual(running.template('cis-prod-acme-data'));
  });
});
