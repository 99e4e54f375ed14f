import { useState } from 'react'
import { useSearch } from 'wouter'
import type { Member, TownRole } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, SelectField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SearchField } from '../../../ui/search-field'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { MemberData } from '../privacy/erasure'
import { useChangeMember, useMembers, useRemoveMember, useUnits } from './queries'
import { RoleChoice, rolesOf, townRoles } from './roles'

export default function MembersPage({ self }: { self: string }) {
  const { t, list, date } = useI18n()
  const [q, setQ] = useState(new URLSearchParams(useSearch()).get('q') ?? '')
  const [role, setRole] = useState<TownRole>()
  const members = useMembers(q, role)
  const units = useUnits()
  const [editing, setEditing] = useState<Member>()
  const [removing, setRemoving] = useState<Member>()
  const [showing, setShowing] = useState<Member>()
  const unitName = (id: string) => units.data?.items.find((u) => u.id === id)?.name ?? ''
  return (
    <>
      <PageHead
        title={t('members.title')}
        lead={t('members.lead')}
        action={
          <ButtonLink kind="main" icon="plus" href="/invitations">
            {t('members.invite')}
          </ButtonLink>
        }
      />
      <div className="stack-5">
        <div className="filters">
          <SearchField label={t('members.search')} onSearch={setQ} start={q} />
          <SelectField label={t('members.role')} value={role ?? ''} onChange={(e) => setRole(townRoles.find((r) => r === e.target.value))}>
            <option value="">{t('members.role.all')}</option>
            {townRoles.map((r) => (
              <option key={r} value={r}>
                {t(`role.${r}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Loaded query={members}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="people" title={q || role ? t('members.none') : t('members.empty')} action={<ButtonLink href="/invitations">{t('members.invite')}</ButtonLink>}>
                {q || role ? t('members.none.text') : t('members.empty.text')}
              </Empty>
            ) : (
              <table className="table lined">
                <thead>
                  <tr>
                    <th scope="col">{t('account.name')}</th>
                    <th scope="col">{t('members.roles')}</th>
                    <th scope="col">{t('members.unit')}</th>
                    <th scope="col">{t('members.since')}</th>
                    <th>
                      <span className="hidden">{t('table.actions')}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((m) => (
                    <tr key={m.id}>
                      <th scope="row">
                        {m.name} <span className="soft small">{m.email}</span>
                      </th>
                      <td data-label={t('members.roles')}>{list(m.roles.map((r) => t(`role.${r}`)))}</td>
                      <td data-label={t('members.unit')}>{unitName(m.unit) || '–'}</td>
                      <td className="day" data-label={t('members.since')}>{date(m.joined)}</td>
                      <td className="acts">
                        <span className="row">
                          <Button tight onClick={() => setEditing(m)}>
                            {t('action.change')}
                            <span className="hidden">: {m.name}</span>
                          </Button>
                          {m.id === self ? null : (
                            <Button tight onClick={() => setShowing(m)}>
                              {t('erasure.data')}
                              <span className="hidden">: {m.name}</span>
                            </Button>
                          )}
                          {m.id === self ? null : (
                            <Button tight kind="quiet" onClick={() => setRemoving(m)}>
                              {t('members.leave')}
                              <span className="hidden">: {m.name}</span>
                            </Button>
                          )}
                        </span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
        <More pages={members} />
      </div>
      {editing && <Change member={editing} onClose={() => setEditing(undefined)} />}
      {showing && <MemberData id={showing.id} name={showing.name} onClose={() => setShowing(undefined)} />}
      {removing && <Leave member={removing} onClose={() => setRemoving(undefined)} />}
    </>
  )
}

function Change({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useI18n()
  const units = useUnits()
  const change = useChangeMember()
  const toast = useToast()
  return (
    <Dialog title={member.name} onClose={onClose}>
      <Form
        error={change.error}
        onSubmit={(f) =>
          change.mutate(
            { id: member.id, roles: rolesOf(f), unit: value(f, 'unit') },
            {
              onSuccess: () => {
                toast(t('state.saved'))
                onClose()
              },
            },
          )
        }
      >
        <RoleChoice chosen={member.roles} />
        <Loaded query={units}>
          {({ items }) => (
            <SelectField label={t('members.unit')} name="unit" defaultValue={member.unit}>
              <option value="">{t('members.unit.none')}</option>
              {items.map((u) => (
                <option key={u.id} value={u.id}>
                  {u.name}
                </option>
              ))}
            </SelectField>
          )}
        </Loaded>
        <Ends does={t('action.save')} busy={change.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

function Leave({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useI18n()
  const remove = useRemoveMember()
  const toast = useToast()
  return (
    <Dialog title={t('members.leave.title', { name: member.name })} onClose={onClose}>
      <Form
        error={remove.error}
        onSubmit={() =>
          remove.mutate(member.id, {
            onSuccess: () => {
              toast(t('members.leave.done', { name: member.name }))
              onClose()
            },
          })
        }
      >
        <Notice>{t('members.leave.text')}</Notice>
        <Ends kind="danger" does={t('members.leave.do')} busy={remove.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}
