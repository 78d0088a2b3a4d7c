import type { Declarations } from './declarations.js';
import type { Command, EnumType, Event, Member } from './schema.js';

/** Writes the prototypes of commands and of functions that send events. */
export class CommandsGenerator {
  constructor(private readonly declarations: Declarations) {}

  /** The prototypes of commands and their marshallers. */
  commands(commands: readonly Command[]): string {
    let text = '';
    for (const command of commands) {
      const name = this.declarations.names.c(command.name);
      const result = command.returns === undefined ? 'void ' : this.declarations.member(command.returns);
      text += `${result}qmp_${name}(${[...this.parameters(command), 'Error **errp'].join(', ')});\n`;
      switch (this.declarations.dialect.marshal) {
        case 'monitor': text += `int qmp_marshal_input_${name}(Monitor *mon, const QDict *qdict, QObject **ret);\n`; break;
        case 'input': text += `void qmp_marshal_input_${name}(QDict *args, QObject **ret, Error **errp);\n`; break;
        case 'plain': text += `void qmp_marshal_${name}(QDict *args, QObject **ret, Error **errp);\n`; break;
      }
    }
    return text;
  }

  /** The prototypes of the functions that send events. */
  events(events: readonly Event[]): string {
    let text = '';
    for (const event of events) {
      const parameters = this.parameters(event);
      if (this.declarations.dialect.eventErrors) parameters.push('Error **errp');
      text += `void qapi_event_send_${this.declarations.names.c(event.name.toLowerCase())}(${parameters.length === 0 ? 'void' : parameters.join(', ')});\n`;
    }
    return text;
  }

  /** The enumeration of all events. */
  eventEnum(): EnumType {
    const members = this.declarations.schema.eventNames.map((name) => ({ name, features: [] }));
    return { kind: 'enum', name: 'QAPIEvent', module: '', prefix: undefined, members };
  }

  private parameters({ data, boxed }: Command | Event): string[] {
    if (boxed) return typeof data === 'string' ? [`${this.declarations.member(data)}arg`] : [];
    const members = typeof data === 'string' ? this.declarations.schema.allMembers(this.declarations.schema.object(data)) : data;
    return members.flatMap((member) => this.parameter(member));
  }

  private parameter(member: Member): string[] {
    const name = this.declarations.names.c(member.name);
    const value = `${this.declarations.parameter(member.type)}${name}`;
    return this.declarations.hasFlag(member) ? [`bool has_${name}`, value] : [value];
  }
}
