CALL serai_protect('serai_plan');
CALL serai_protect('serai_objective');
CALL serai_protect('serai_activity');
CALL serai_protect('serai_activitytakeaway');
CALL serai_protect('serai_support');
CALL serai_protect('serai_indicator');
CALL serai_protect('serai_measurement');
