"""The field's controlled vocabularies: code and the words people read. Source: docs/glossary.md."""

from django.utils.translation import gettext_lazy as _

SECTORS = [
    ("municipal_admin", _("Municipal administration")),
    ("elected_leadership", _("Elected leadership")),
    ("law_enforcement", _("Police")),
    ("civil_society", _("Civil society")),
    ("youth_work", _("Youth work")),
    ("education", _("Education")),
    ("health", _("Health")),
    ("social_services", _("Social services")),
    ("prison_probation", _("Prison and probation")),
    ("faith", _("Faith")),
    ("women_organisation", _("Women’s organisation")),
    ("victims_association", _("Victims’ association")),
    ("media", _("Media")),
    ("academia", _("Academia")),
    ("private", _("Private sector")),
    ("international", _("International organisation")),
    ("national_coordination", _("National coordination")),
]

LEVELS = [("local", _("Local")), ("national", _("National")), ("international", _("International"))]

TEAM_STAGES = [
    ("interested", _("Interested")),
    ("directory", _("Directory of partners")),
    ("founding_group", _("Founding group")),
    ("training", _("Training")),
    ("assessment", _("Needs assessment")),
    ("plan", _("Plan")),
    ("adopted", _("Plan adopted")),
    ("meets_quarterly", _("Meets every quarter")),
    ("evaluates", _("Evaluates")),
]

THEMES = [
    ("youth_engagement", _("Young people taking part")),
    ("education_resilience", _("Schools and resilience")),
    ("online_harms", _("Harm online")),
    ("communication", _("Communication and narratives")),
    ("community_policing", _("Community policing and trust")),
    ("multi_agency", _("Working together across agencies")),
    ("national_local", _("National and local coordination")),
    ("local_planning", _("Local action planning")),
    ("family_support", _("Support for families")),
    ("women", _("The role of women")),
    ("reintegration", _("Reintegration of returnees")),
    ("prison_exit", _("Prison, probation and exit work")),
    ("mental_health", _("Mental health")),
    ("hate_crime", _("Hate crime and hate speech")),
    ("polarisation", _("Polarisation and dialogue")),
    ("welcome", _("Welcoming newcomers")),
    ("interfaith", _("Work between faiths")),
    ("sport_culture", _("Sport, culture and arts")),
    ("victims", _("Support for victims")),
    ("public_space", _("Safe public space and events")),
    ("post_incident", _("After an incident")),
    ("risk_assessment", _("Assessing risks of an area")),
    ("evaluation", _("Monitoring and evaluation")),
    ("funding", _("Funding that lasts")),
]

TARGET_GROUPS = [
    ("general_public", _("Everyone")),
    ("young_people", _("Young people")),
    ("children", _("Children")),
    ("parents", _("Parents and families")),
    ("women", _("Women")),
    ("teachers", _("Teachers")),
    ("youth_workers", _("Youth workers")),
    ("social_workers", _("Social workers")),
    ("police", _("Police officers")),
    ("officials", _("Local officials")),
    ("elected", _("Elected leaders")),
    ("civil_society", _("Civil society")),
    ("faith_leaders", _("Faith leaders")),
    ("health_staff", _("Health staff")),
    ("returnee_families", _("Families of returnees")),
    ("newcomers", _("Newcomers")),
    ("minorities", _("Groups targeted by hate")),
    ("victims", _("Victims and survivors")),
    ("media", _("Media")),
]

EVIDENCE = [
    ("E0", _("Idea")),
    ("E1", _("Running, described")),
    ("E2", _("Counted: attendance and feedback")),
    ("E3", _("Before and after")),
    ("E4", _("Against a comparison group")),
    ("E5", _("Repeated elsewhere, evaluated")),
    ("EX", _("Evaluated: does not work, or harms")),
]

URGENCIES = [("now", _("This season")), ("year", _("Within a year")), ("open", _("When it fits"))]
