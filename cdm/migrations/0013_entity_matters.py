import django.db.models.deletion
from django.db import migrations, models

# what a member was asked to decide alone; now the secretariat brings it before the Board
OF_ONE_MEMBER = {"accreditation": ("assessed", "hearing_over"), "excess_issuance": ("under_review", "determined")}


def hand_to_the_secretariat(apps, schema_editor):
    """What waits for a decision of one member waits for the secretariat to bring it before the Board."""
    organisation, task = apps.get_model("cdm", "Organisation"), apps.get_model("cdm", "Task")
    secretariat = organisation.objects.filter(kind="secretariat").order_by("pk").first()
    if secretariat is None:
        return
    for machine, states in OF_ONE_MEMBER.items():
        for state in states:
            waiting = task.objects.filter(
                machine_name=machine, key=f"{state}:0:board_member", closed_at__isnull=True
            )
            waiting.update(
                key=f"{state}:0:secretariat",
                what="Bring it before the Board",
                role="secretariat",
                organisation=secretariat,
                assigned_to=None,
                assigned_at=None,
                claimed_at=None,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('cdm', '0012_provisional'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='boardmatter',
            name='matter_state_is_on_the_page',
        ),
        migrations.RemoveConstraint(
            model_name='boardmatter',
            name='matter_names_its_object',
        ),
        migrations.AddField(
            model_name='boardmatter',
            name='accreditation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='cdm.entityaccreditation'),
        ),
        migrations.AddField(
            model_name='boardmatter',
            name='entity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='cdm.organisation'),
        ),
        migrations.AddField(
            model_name='boardmatter',
            name='excess',
            field=models.PositiveBigIntegerField(help_text='Units that the text finds in excess.', null=True),
        ),
        migrations.AddField(
            model_name='boardmatter',
            name='excess_issuance',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='cdm.excessissuance'),
        ),
        migrations.AddField(
            model_name='boardmatter',
            name='scopes',
            field=models.JSONField(default=list, help_text='Functions and scopes that the text withdraws, as “function:number”.'),
        ),
        migrations.AlterField(
            model_name='boardmatter',
            name='kind',
            field=models.CharField(choices=[('review', 'Review'), ('withdrawn_letter', 'Withdrawn letter of approval'), ('accreditation', 'Accreditation of an operational entity'), ('excess_issuance', 'Excess issuance')], max_length=20),
        ),
        migrations.AlterField(
            model_name='boardmatter',
            name='outcome',
            field=models.CharField(blank=True, choices=[('approve', 'Approve'), ('approve_with_corrections', 'Approve, with corrections'), ('reject', 'Reject'), ('take_note', 'Take note'), ('accredit', 'Accredit the entity'), ('refuse', 'Refuse the accreditation'), ('assess_again', 'Ask for a further assessment'), ('close_check', 'Close the spot-check: the standards are met'), ('suspend', 'Suspend the entity and recommend it to the CMP'), ('withdraw', 'Withdraw the designation and recommend it to the CMP'), ('withdraw_scopes', 'Withdraw the designation for some sectoral scopes'), ('lift_suspension', 'Lift the suspension'), ('find_none', 'End the review: no excess issuance'), ('determine', 'Determine the excess issuance'), ('end_review', 'End the review')], max_length=30),
        ),
        migrations.AlterField(
            model_name='boardmatter',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='cdm.project'),
        ),
        migrations.AlterField(
            model_name='boardmatter',
            name='state',
            field=models.CharField(choices=[('opened', 'Come before the Board'), ('being_assessed', 'Being assessed'), ('awaiting_recommendation', 'Awaiting the recommendation'), ('awaiting_information', 'Awaiting information: the clock stands'), ('proposed', 'Proposed decision: open to objections'), ('in_electronic_decision', 'Put to the members electronically'), ('on_agenda', 'On the agenda of a meeting'), ('awaiting_ruling_note', 'Rejected: awaiting the ruling note'), ('decided', 'Decided'), ('lapsed', 'Lapsed')], default='opened', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='boardmatter',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('opened', 'being_assessed', 'awaiting_recommendation', 'awaiting_information', 'proposed', 'in_electronic_decision', 'on_agenda', 'awaiting_ruling_note', 'decided', 'lapsed'))), name='matter_state_is_on_the_page'),
        ),
        migrations.AddConstraint(
            model_name='boardmatter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entity__isnull', True), ('kind', 'review'), ('project__isnull', False), ('request__isnull', False)), models.Q(('entity__isnull', True), ('kind', 'withdrawn_letter'), ('letter__isnull', False), ('project__isnull', False)), models.Q(('accreditation__isnull', False), ('entity__isnull', False), ('kind', 'accreditation'), ('project__isnull', True)), models.Q(('entity__isnull', False), ('excess_issuance__isnull', False), ('kind', 'excess_issuance'), ('project__isnull', True)), _connector='OR'), name='matter_names_its_object'),
        ),
        migrations.AddConstraint(
            model_name='boardmatter',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['decided', 'lapsed']), _negated=True), fields=('accreditation',), name='one_open_matter_of_an_accreditation'),
        ),
        migrations.AddConstraint(
            model_name='boardmatter',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['decided', 'lapsed']), _negated=True), fields=('excess_issuance',), name='one_open_matter_of_an_excess_issuance'),
        ),
        migrations.RunPython(hand_to_the_secretariat, migrations.RunPython.noop),
    ]
