-- Why a project is run the way it is: asked for, or what skerry found when it was to choose.

alter table projects add column runtime_reason text;
