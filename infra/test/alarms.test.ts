import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

const platform = new Platform(['prod']);
const WATCH = 'cis-prod-acme-watch';
const alarms = platform.resources('AWS::CloudWatch::Alarm', WATCH);

interface Widget {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of widget has its own
  readonly properties: any;
}

/** As CloudWatch reads it; in place of an alarm's ARN its logical id. */
const widgets = (): Widget[] => {
  const [dashboard] = platform.resources('AWS::CloudWatch::Dashboard', WATCH);
  const pieces: (string | Record<string, string[]>)[] = dashboard?.Properties.DashboardBody['Fn::Join'][1];
  const body = pieces.map((piece) => (typeof piece === 'string' ? piece : (piece['Fn::GetAtt']?.[0] ?? '')));
  return JSON.parse(body.join('')).widgets;
};

describe('the dashboard', () => {
  it('shows every alarm, in widgets that CloudWatch takes: of at most a hundred alarms', () => {
    const shown = widgets().flatMap(({ type, properties }) =>
      type === 'alarm' ? [properties.alarms as string[]] : [],
    );
    for (const some of shown) expect(some.length).toBeLessThanOrEqual(100);
    expect(shown.flat().sort()).toEqual(alarms.map(({ id }) => id).sort());
  });
});
