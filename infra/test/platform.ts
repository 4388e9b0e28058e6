import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { StageName, Tenant } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';
import { calendarInviteServer } from '../lib/calendar-invite-server.ts';
import type { Release } from '../lib/constructs/gradual-release.ts';
import { type Functions, readFunctions } from '../lib/functions.ts';

/** What the tests look at: the very app of bin/app.ts, with a stand-in for the functions' binary. */
export const functions = readFunctions(new URL('../../lambdas/functions.json', import.meta.url));
export const BUNDLE = fileURLToPath(new URL('bundle', import.meta.url));

/** The feature flags. */
export const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));

/** The sample tenant, whose stage staging takes mail at Mail Manager: what holds for one way in has to hold for the other. */
export const eitherWayIn: Tenant = {
  ...acme,
  stages: { ...acme.stages, staging: { ...acme.stages.staging, ingress: 'mail-manager' } },
};

/** A tenant under another name, and nothing else. */
export function renamed(tenant: Tenant, name: string): Tenant {
  return JSON.parse(JSON.stringify(tenant).replaceAll(tenant.name, name));
}

export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
  readonly UpdatePolicy?: any;
}

export class Platform {
  readonly app: App;
  private readonly templates = new Map<Stack, Record<string, unknown>>();

  constructor(
    stages: readonly StageName[],
    tenants: readonly Tenant[] = [acme],
    of: Functions = functions,
    release?: Release,
    outdir?: string,
  ) {
    this.app = new App({ context, ...(outdir && { outdir }) });
    calendarInviteServer(this.app, { tenants, functions: of, bundle: BUNDLE, stages, ...(release && { release }) });
  }

  get stacks(): Stack[] {
    return this.app.node.findAll().filter((construct) => Stack.isStack(construct));
  }

  stack(name: string): Stack {
    const found = this.stacks.find((stack) => stack.stackName === name);
    if (!found) throw new Error(`no stack ${name}; there are ${this.stacks.map((one) => one.stackName).join(', ')}`);
    return found;
  }

  template(name: string): Record<string, unknown> {
    return this.templateOf(this.stack(name));
  }

  /** The resources of one kind, of one stack or of all. */
  resources(type: string, stack?: string): Resource[] {
    return (stack ? [this.stack(stack)] : this.stacks).flatMap((one) =>
      Object.entries((this.templateOf(one).Resources ?? {}) as Record<string, Omit<Resource, 'id'>>)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({ ...resource, id })),
    );
  }

  private templateOf(stack: Stack): Record<string, unknown> {
    const known = this.templates.get(stack) ?? Template.fromStack(stack).toJSON();
    this.templates.set(stack, known);
    return known;
  }

  /** Every CloudFormation resource in the construct tree. */
  get tree(): CfnResource[] {
    return this.app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  }
}

/** One statement of a policy, as templates have it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
